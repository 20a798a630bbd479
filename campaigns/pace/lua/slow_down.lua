-- After clock. Half the rate of KEYS[1], at most once a second. ARGV[1]: never less than that share.
local state = redis.call('HMGET', KEYS[1], 'factor', 'slowed')
if is_just_now(state[2], 1) then return 0 end
local factor = math.max(tonumber(ARGV[1]), (tonumber(state[1]) or 1) / 2)
redis.call('HSET', KEYS[1], 'factor', tostring(factor), 'slowed', tostring(now))
return 1
