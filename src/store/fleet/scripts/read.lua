-- All that is shared, as it is at one time. KEYS: grant, access, memory.
local fields = redis.call('HMGET', KEYS[1], 'digest', 'ancestors', 'issued', 'parent', 'sealed')
local time = redis.call('TIME')
return {fields, redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]), time[1], time[2]}
