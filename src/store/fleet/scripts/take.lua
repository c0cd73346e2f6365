-- Shared::take. KEYS: grant, lease, linger, patience. ARGV: machine, seen, spends, and how long lease and linger last in ms.
-- An empty text stands for none.
local machine, seen, spends = ARGV[1], ARGV[2], ARGV[3]
if (redis.call('HGET', KEYS[1], 'digest') or '') ~= seen then
    return {'changed'}
end
for at = 2, 3 do
    local by = redis.call('GET', KEYS[at])
    if by and by ~= machine then
        return {'held', by}
    end
end
if spends ~= '' and redis.call('HGET', KEYS[1], 'refused') == spends and redis.call('EXISTS', KEYS[4]) == 1 then
    return {'refused'}
end
redis.call('SET', KEYS[2], machine, 'PX', ARGV[4])
if spends == '' then
    return {'granted', ''}
end
redis.call('SET', KEYS[3], machine, 'PX', ARGV[5])
local after = redis.call('HGET', KEYS[1], 'spending') or ''
redis.call('HSET', KEYS[1], 'spending', machine)
if after == machine then
    after = ''
end
return {'granted', after}
