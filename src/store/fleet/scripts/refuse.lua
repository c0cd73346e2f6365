-- Shared::refuse. KEYS: grant, lease, linger, patience. ARGV: machine, digest, and how long a newer one is waited for in ms.
for at = 2, 3 do
    if redis.call('GET', KEYS[at]) == ARGV[1] then
        redis.call('DEL', KEYS[at])
    end
end
if redis.call('HGET', KEYS[1], 'spending') == ARGV[1] then
    redis.call('HDEL', KEYS[1], 'spending')
end
local stored = redis.call('HGET', KEYS[1], 'digest')
if stored and stored ~= ARGV[2] then
    return 'overtaken'
end
if redis.call('HGET', KEYS[1], 'refused') ~= ARGV[2] then
    redis.call('HSET', KEYS[1], 'refused', ARGV[2])
    redis.call('SET', KEYS[4], '1', 'PX', ARGV[3])
end
if redis.call('EXISTS', KEYS[4]) == 1 then
    return 'early'
end
return 'final'
