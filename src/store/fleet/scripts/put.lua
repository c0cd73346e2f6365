-- Shared::put. KEYS: grant, lease, linger, patience, access. ARGV: machine, digest, ancestors (the last one first, with blanks
-- between them), when Zoom issued it, whether a person authorised it, the sealed refresh token, the sealed access token, when
-- that ends in ms since 1970, and how many ancestors are kept. An empty text stands for none.
local machine, digest, ancestors, issued, authorised = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local function has(list, one)
    return string.find(' ' .. list .. ' ', ' ' .. one .. ' ', 1, true) ~= nil
end

local function replaces(stored, of_stored)
    if has(of_stored, digest) then
        return false
    end
    if has(ancestors, stored) then
        return true
    end
    local this, that = tonumber(issued), tonumber(redis.call('HGET', KEYS[1], 'issued') or '')
    if not (this and that and this > that) then
        return false
    end
    local parent = string.match(ancestors, '^%S+')
    return authorised ~= '' or not parent or parent ~= string.match(of_stored, '^%S+')
end

-- The ancestors once it has taken the place of the stored one.
local function over(stored, of_stored)
    local all = ancestors
    for one in string.gmatch(stored .. ' ' .. of_stored, '%S+') do
        if not has(all, one) then
            all = all .. ' ' .. one
        end
    end
    local kept = {}
    for one in string.gmatch(all, '%S+') do
        if #kept < tonumber(ARGV[9]) then
            kept[#kept + 1] = one
        end
    end
    return table.concat(kept, ' ')
end

local stored = redis.call('HGET', KEYS[1], 'digest')
local put = 'already'
if stored ~= digest then
    local of_stored = redis.call('HGET', KEYS[1], 'ancestors') or ''
    local parent = string.match(ancestors, '^%S+') or ''
    if stored then
        if not replaces(stored, of_stored) then
            return 'stale'
        end
        ancestors = over(stored, of_stored)
    end
    redis.call('HSET', KEYS[1], 'v', known, 'digest', digest, 'ancestors', ancestors, 'issued', issued, 'parent', parent,
        'sealed', ARGV[6])
    redis.call('HDEL', KEYS[1], 'spending', 'refused')
    redis.call('DEL', KEYS[4])
    if ARGV[7] == '' then
        redis.call('DEL', KEYS[5])
    else
        redis.call('SET', KEYS[5], ARGV[7])
        redis.call('PEXPIREAT', KEYS[5], ARGV[8])
    end
    put = 'stored'
end
for at = 2, 3 do
    if redis.call('GET', KEYS[at]) == machine then
        redis.call('DEL', KEYS[at])
    end
end
return put
