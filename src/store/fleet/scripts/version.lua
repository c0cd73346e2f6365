-- The beginning of each script: what a newer zoomtok has written stays as it is. KEYS[1] is the grant, and the last of ARGV the newest
-- form of it that this zoomtok knows.
local known = ARGV[#ARGV]
local version = tonumber(redis.call('HGET', KEYS[1], 'v') or '')
if version and version > tonumber(known) then
    return {'newer', version}
end

