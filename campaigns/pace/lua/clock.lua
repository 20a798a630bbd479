-- Redis' clock. What was noted in the future was noted before the clock stepped back.
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local function passed_since(noted)
    return math.max(0, now - (tonumber(noted) or now))
end
local function is_just_now(noted, seconds)
    noted = tonumber(noted)
    return noted and noted <= now and now - noted < seconds
end
