-- Shared::release. KEYS: grant, lease, linger. ARGV: machine, and whether the refresh token may be spent.
for at = 2, 3 do
    if redis.call('GET', KEYS[at]) == ARGV[1] then
        redis.call('DEL', KEYS[at])
    end
end
if ARGV[2] == '' and redis.call('HGET', KEYS[1], 'spending') == ARGV[1] then
    redis.call('HDEL', KEYS[1], 'spending')
end
return 'released'
