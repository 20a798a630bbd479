-- After clock. Longer each time, at most once for the requests that failed together. ARGV: 1 the
-- longest pause, 2 by how much this one differs.
local state = redis.call('HMGET', KEYS[1], 'pause', 'noted')
local pause = tonumber(state[1]) or 0
if is_just_now(state[2], 0.8) then return tostring(pause) end
pause = math.min(tonumber(ARGV[1]), math.max(1, pause * 2))
redis.call('HSET', KEYS[1], 'pause', tostring(pause), 'noted', tostring(now),
    'held', tostring(now + pause * tonumber(ARGV[2])))
redis.call('EXPIRE', KEYS[1], 3600)
return tostring(pause)
