/*
 * Preloaded, it does to the files of a program what a kernel may do: a read or a write takes one byte, however many were
 * asked for. Files may grow by SHORT_WRITES_ROOM bytes in all, where that is set; then the disk is full. The number of
 * calls that it cut short is written to the file SHORT_WRITES_COUNT at the end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long cut;
static long grown;

static int is_file(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static int is_at_end(int fd)
{
    struct stat status;
    return is_file(fd) && fstat(fd, &status) == 0 && lseek(fd, 0, SEEK_CUR) >= status.st_size;
}

static size_t one(int fd, size_t size)
{
    if (size < 2 || !is_file(fd))
        return size;
    __atomic_add_fetch(&cut, 1, __ATOMIC_SEQ_CST);
    return 1;
}

ssize_t read(int fd, void *bytes, size_t size)
{
    return syscall(SYS_read, fd, bytes, one(fd, size));
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    const char *room = getenv("SHORT_WRITES_ROOM");
    if (room && is_at_end(fd) && __atomic_fetch_add(&grown, 1, __ATOMIC_SEQ_CST) >= atol(room)) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, fd, bytes, one(fd, size));
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("SHORT_WRITES_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        unsetenv("SHORT_WRITES_ROOM");
        fprintf(file, "%ld", cut);
        fclose(file);
    }
}
