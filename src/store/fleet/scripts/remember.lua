-- Replaces the memory that all machines share. KEYS: grant, memory. ARGV: the sealed memory.
redis.call('SET', KEYS[2], ARGV[1])
return 'remembered'
