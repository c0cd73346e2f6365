-- Replaces a document, if it is still the one that its writer has read.
-- KEYS: the hash of the document.
-- ARGV: the version of its form; the revision that was read, or none; the new revision; the sealed text; when it ends, in ms since
-- 1970, or none.
local kept = redis.call('HMGET', KEYS[1], 'version', 'revision')
-- The next read says that it is newer.
if (tonumber(kept[1] or '') or 0) > tonumber(ARGV[1]) then return 'changed' end
if (kept[2] or '') ~= ARGV[2] then return 'changed' end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'revision', ARGV[3], 'sealed', ARGV[4])
if ARGV[5] ~= '' then redis.call('PEXPIREAT', KEYS[1], ARGV[5]) end
return 'written'
