// A model that was not declared.
// expect-gcc: 'kith_model_of_Badger' undeclared
// expect-clang: use of undeclared identifier 'kith_model_of_Badger'
#include "reject.h"

PROGRAM
{
#ifdef WRONG
    kith_open("sqlite://", KITH_MODELS(Raccoon, Badger));
#else
    kith_open("sqlite://", KITH_MODELS(Raccoon, Trashcan));
#endif
}
