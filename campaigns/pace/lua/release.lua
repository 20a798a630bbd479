-- Somebody answers again: nothing holds KEYS[1] any more.
redis.call('HDEL', KEYS[1], 'held', 'pause', 'noted')
