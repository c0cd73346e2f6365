-- Reads a document.
-- KEYS: the hash of the document.
-- ARGV: the revision that the reader has, or none.
local kept, time = redis.call('HMGET', KEYS[1], 'version', 'revision', 'sealed'), redis.call('TIME')
if not kept[1] then
    return {redis.call('EXISTS', KEYS[1]) == 1 and 'foreign' or 'none', time[1], time[2]}
end
if kept[2] == ARGV[1] then return {'same', time[1], time[2], kept[1]} end
return {'other', time[1], time[2], kept[1], kept[2] or '', kept[3] or ''}
