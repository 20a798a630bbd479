-- The bucket KEYS[1] as it is by now. ARGV: 1 rate, 4 recovery a second, 5 seconds of burst.
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'factor', 'held', 'pause')
local passed = passed_since(state[2])
local factor = math.min(1, (tonumber(state[3]) or 1) + passed * tonumber(ARGV[4]))
local rate = tonumber(ARGV[1]) * factor
-- Two, where the rate allows: between two looks at the bucket no part of a message gets lost.
local most = math.max(math.min(2, math.max(1, rate)), rate * tonumber(ARGV[5]))
local tokens = math.min(most, (tonumber(state[1]) or 0) + passed * rate)
