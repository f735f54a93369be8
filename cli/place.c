/*
 * place: what a path names. A program and a shared object are both of the same kind of file to the system, since programs load at any
 * address; a program is the one that names the loader which is to start it.
 */
#include "cli.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool has_interpreter(int fd, const Elf64_Ehdr *header)
{
    for (size_t i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr part;
        off_t at = (off_t)(header->e_phoff + i * header->e_phentsize);
        if (pread(fd, &part, sizeof part, at) == (ssize_t)sizeof part && part.p_type == PT_INTERP)
            return true;
    }
    return false;
}

static place_kind kind_of_file(int fd, mode_t mode)
{
    Elf64_Ehdr header;
    bool executable = (mode & 0111) != 0;
    bool is_elf = pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
    if (!is_elf)
        return executable ? PLACE_PROGRAM : PLACE_OTHER;
    if (header.e_type == ET_EXEC || (header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_DYN && has_interpreter(fd, &header)))
        return PLACE_PROGRAM;
    return header.e_type == ET_DYN ? PLACE_SHARED : PLACE_OTHER;
}

place_kind place_of(const char *path)
{
    struct stat about;
    size_t size = strlen(path);
    if (stat(path, &about) != 0)
        return PLACE_MISSING;
    if (S_ISDIR(about.st_mode))
        return PLACE_FOLDER;
    if (size > 2 && strcmp(path + size - 2, ".c") == 0)
        return PLACE_C;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return PLACE_OTHER;
    place_kind kind = kind_of_file(fd, about.st_mode);
    close(fd);
    return kind;
}
