-- To the bucket KEYS[1], where it is still there, ARGV[1] permits.
if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('HINCRBYFLOAT', KEYS[1], 'tokens', ARGV[1])
end
