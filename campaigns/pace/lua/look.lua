-- After clock. Whether KEYS[1] is held, how far it is slowed, and for how long it has been.
local state = redis.call('HMGET', KEYS[1], 'held', 'factor', 'at')
return {state[1] or '', state[2] or '', tostring(passed_since(state[3]))}
