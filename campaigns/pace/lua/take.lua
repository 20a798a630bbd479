-- After clock and bucket. ARGV: 2 urgent and 3 bulk ones that are wanted, 6 how long a probe lasts,
-- 7 by how much a pause differs. Gives urgent, bulk, the rate in force, and whether it is held.
local held = tonumber(state[4])
if held then
    local probe = 0
    local pause = math.max(tonumber(state[5]) or 0, tonumber(ARGV[6]))
    local is_due = now >= held or held > now + pause * (1 + tonumber(ARGV[7]))
    if is_due and tonumber(ARGV[2]) + tonumber(ARGV[3]) > 0 then
        probe = 1
        redis.call('HSET', KEYS[1], 'held', tostring(now + pause))
    end
    local first = math.min(probe, tonumber(ARGV[2]))
    return {first, probe - first, tostring(rate), 1}
end
local advance = math.max(1, rate)
local urgent = math.max(0, math.min(tonumber(ARGV[2]), math.floor(tokens + advance)))
tokens = math.max(-advance, tokens - urgent)
local bulk = math.max(0, math.min(tonumber(ARGV[3]), math.floor(tokens)))
tokens = tokens - bulk
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now),
    'factor', tostring(factor))
redis.call('EXPIRE', KEYS[1], 3600)
return {urgent, bulk, tostring(rate), 0}
