/* A PKCS#11 module that hands everything on to another one, but signs nothing while a file is there: a token that
 * stalls. It is built with MODULE, the other one's path, and STALLED, the file's, and linked with MODULE, so that whoever
 * looks up another function here finds that one's. */
#include <dlfcn.h>
#include <stddef.h>
#include <unistd.h>

typedef unsigned long CK_RV;
typedef unsigned long CK_ULONG;

/* The list of functions of PKCS#11 2.40: a version, then 68 pointers in the order of its section 5. */
enum { FUNCTIONS = 68, SIGN = 43, CKR_GENERAL_ERROR = 5 };

struct functions {
  unsigned char version[2];
  void *entries[FUNCTIONS];
};

typedef CK_RV (*sign_function)(CK_ULONG, unsigned char *, CK_ULONG, unsigned char *, CK_ULONG *);

static struct functions ours;
static sign_function sign;

static CK_RV sign_when_it_may(CK_ULONG session, unsigned char *data, CK_ULONG length, unsigned char *signature,
                              CK_ULONG *signature_length) {
  while (access(STALLED, F_OK) == 0) {
    usleep(20 * 1000);
  }
  return sign(session, data, length, signature, signature_length);
}

CK_RV C_GetFunctionList(struct functions **list) {
  if (sign == NULL) {
    struct functions *theirs = NULL;
    void *module = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get)(struct functions **) = module == NULL ? NULL : dlsym(module, "C_GetFunctionList");
    if (get == NULL || get(&theirs) != 0) {
      return CKR_GENERAL_ERROR;
    }
    ours = *theirs;
    sign = (sign_function)theirs->entries[SIGN];
    ours.entries[SIGN] = (void *)sign_when_it_may;
  }
  *list = &ours;
  return 0;
}
