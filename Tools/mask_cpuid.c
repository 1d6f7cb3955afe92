// Runs a program as on a processor without AVX-512, VNNI and AMX: the same code as there, at full speed.
//
//   cc -O2 -shared -fPIC Tools/mask_cpuid.c -o mask_cpuid.so
//   LD_PRELOAD=$PWD/mask_cpuid.so make bench GROUPS=processors RECORDS=avx2 AGAINST=native
//
// The kernel makes the instruction CPUID fault (arch_prctl, on processors and virtual machines that have it); what it would have said is given
// without the bits of these instruction sets.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

// ARCH_CPUID_SET, which not every header has.
static long let_cpuid(int allowed) { return syscall(SYS_arch_prctl, 0x1012, allowed); }

static void mask(uint32_t leaf, uint32_t part, uint32_t r[4]) {
  if (leaf != 7) return;
  if (part == 0) {
    // AVX512 F, DQ, IFMA, PF, ER, CD, BW, VL; VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ; 4VNNIW, 4FMAPS, VP2INTERSECT, AMX, FP16.
    r[1] &= ~(1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 30 | 1u << 31);
    r[2] &= ~(1u << 1 | 1u << 6 | 1u << 11 | 1u << 12 | 1u << 14);
    r[3] &= ~(1u << 2 | 1u << 3 | 1u << 8 | 1u << 22 | 1u << 23 | 1u << 24 | 1u << 25);
  } else if (part == 1) {
    // AVX-VNNI, AVX512-BF16, AMX-FP16, AVX-IFMA; AVX-VNNI-INT8, AVX-NE-CONVERT, AVX-VNNI-INT16.
    r[0] &= ~(1u << 4 | 1u << 5 | 1u << 21 | 1u << 23);
    r[3] &= ~(1u << 4 | 1u << 5 | 1u << 10);
  }
}

static void answer(int number, siginfo_t *info, void *context) {
  (void)info;
  greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
  const uint8_t *at = (const uint8_t *)g[REG_RIP];
  if (at[0] != 0x0F || at[1] != 0xA2) {
    // Another fault: as without this file.
    signal(number, SIG_DFL);
    return;
  }
  const uint32_t leaf = (uint32_t)g[REG_RAX], part = (uint32_t)g[REG_RCX];
  uint32_t r[4];
  let_cpuid(1);
  __asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(part));
  let_cpuid(0);
  mask(leaf, part, r);
  g[REG_RAX] = r[0], g[REG_RBX] = r[1], g[REG_RCX] = r[2], g[REG_RDX] = r[3];
  g[REG_RIP] += 2;
}

__attribute__((constructor(101))) static void begin(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = answer;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (sigaction(SIGSEGV, &action, NULL) != 0 || let_cpuid(0) != 0) {
    fprintf(stderr, "mask_cpuid: this processor or virtual machine cannot hide instruction sets\n");
    exit(1);
  }
}
