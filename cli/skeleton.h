/*
 * skeleton: the files of a new project.
 */
#ifndef KITH_CLI_SKELETON_H
#define KITH_CLI_SKELETON_H

typedef struct skeleton { const char *path, *text; } skeleton;
extern const skeleton skeletons[];      /* the last has path NULL */

#endif
