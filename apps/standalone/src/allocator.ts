/**
 * glibc would raise the limits itself, keep up to 64 MiB of freed memory in every arena, and never give it
 * back (ADR 72); images set the same. A process has an arena for each of its threads, so what each may keep
 * counts a dozen times.
 */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: String(2 ** 20), MALLOC_TRIM_THRESHOLD_: String(2 ** 22) };
