-- Changes counts as the ledger does (ledger.rs), in one step.
-- KEYS: the hash of the counts.
-- ARGV: the version of its form; "seen" where this process has seen counts there, else the start of the last day in which another
-- process of its machine has, or none; the time in ms, or none for that of this server; the grace in s; take or give; then for each
-- amount to take: window, max, amount, name; or to give back: window, start, amount, name.
local key, version, seen, now, grace, action = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local LENGTH = {m = 60, h = 3600, d = 86400}
if now == '' then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
else
    now = tonumber(now)
end
local second = math.floor(now / 1000)

local function start(window, at) return at - at % LENGTH[window] end
local function text(number) return string.format('%.0f', number) end
local function field(window, began, name) return window .. ':' .. text(began) .. ':' .. name end

local kept = redis.call('HMGET', key, 'version', 'known:m', 'known:h', 'known:d')
local known = {m = tonumber(kept[2] or nil), h = tonumber(kept[3] or nil), d = tonumber(kept[4] or nil)}
local was = {m = known.m, h = known.h, d = known.d}
if not kept[1] then
    if redis.call('EXISTS', key) == 1 then return {'foreign'} end
    if seen == 'seen' or tonumber(seen) == start('d', second) then
        -- They are lost: each current window may have been full.
        for window, length in pairs(LENGTH) do known[window] = start(window, second) + length end
    end
elseif kept[1] ~= version then
    return {(tonumber(kept[1]) or 0) > tonumber(version) and 'newer' or 'foreign', kept[1]}
end

-- Forgets windows that have ended. Where the clock was set back into one of them, it counts as full until it ends.
local function advance()
    local moved = false
    for window, length in pairs(LENGTH) do
        local began, keeps = start(window, second), start(window, second - grace)
        local from = known[window] or keeps
        if began < from then
            from = math.min(start(window, second + grace) + length, from)
        else
            from = math.max(keeps, from)
        end
        known[window] = from
        moved = moved or from ~= was[window]
    end
    if not moved then return end
    redis.call('HSET', key, 'version', version, 'known:m', text(known.m), 'known:h', text(known.h), 'known:d', text(known.d))
    local all = redis.call('HGETALL', key)
    for at = 1, #all, 2 do
        local window, began = string.match(all[at], '^([mhd]):(%-?%d+):')
        if window and tonumber(began) < known[window] then redis.call('HDEL', key, all[at]) end
    end
end

if action == 'give' then
    for at = 6, #ARGV, 4 do
        local name = field(ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 3])
        local amount = tonumber(redis.call('HGET', key, name) or nil)
        if amount then redis.call('HSET', key, name, text(math.max(0, amount - tonumber(ARGV[at + 2])))) end
    end
    advance()
    return {'done', text(now)}
end

advance()
local after, refused = {}, {}
for at = 6, #ARGV, 4 do
    local window, max, amount = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    local began = start(window, second)
    local name = field(window, began, ARGV[at + 3])
    local is_unknown = began < known[window]
    local sum = (after[name] or tonumber(redis.call('HGET', key, name) or nil) or 0) + amount
    if sum <= max and not is_unknown then
        after[name] = sum
    else
        local next = is_unknown and known[window] or began + LENGTH[window]
        table.insert(refused, text((at - 6) / 4))
        table.insert(refused, amount <= max and text(next) or '')
        table.insert(refused, is_unknown and '1' or '0')
    end
end
if #refused > 0 then return {'refused', text(now), refused} end
for name, sum in pairs(after) do redis.call('HSET', key, name, text(sum)) end
return {'done', text(now)}
