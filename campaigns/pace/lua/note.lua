-- Outcomes of one campaign, the oldest first. KEYS: 1 its project, 2 the campaign. ARGV: 1 the
-- outcomes, 2 the project's window, 3 the share, 4 the evidence that makes a storm, 5 seconds kept.
-- Gives 1 for a storm of the campaign, 2 for one of the project, and how many failed among how many.
--
-- A campaign's evidence stays until somebody resumes it: should the worker that found the storm die
-- before it pauses, the next failure finds it again. What fails after that says nothing new to the
-- project, whose window is emptied in the step that finds a storm in it.
local outcomes, window, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
local share = tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[2], 'evidence', 'failed', 'told')
local evidence = tonumber(known[1]) or 0
local failed, told = tonumber(known[2]) or 0, tonumber(known[3]) or 0
local newest, is_storm = redis.call('GET', KEYS[1]) or '', false
if evidence < limit then newest = string.sub(newest .. outcomes, -window) end
for outcome in string.gmatch(outcomes, '.') do
    told = told + 1
    if outcome == '1' then
        failed = failed + 1
        evidence = math.min(limit, evidence + 1)
        is_storm = evidence == limit
        if is_storm then break end
    else
        evidence = math.max(0, evidence - share / (1 - share))
        redis.call('HSET', KEYS[2], 'accepted', '1')
    end
    if evidence == 0 then failed, told = 0, 0 end
end
redis.call('HSET', KEYS[2], 'evidence', tostring(evidence), 'failed', failed, 'told', told)
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('SET', KEYS[1], newest, 'EX', ARGV[5])
if is_storm then return {1, failed, told} end
local _, bad = string.gsub(newest, '1', '')
if string.find(outcomes, '1') and #newest == window and bad >= window * share then
    redis.call('DEL', KEYS[1])
    return {2, bad, window}
end
return {0, 0, 0}
