/** Adds `count` float32 to as many others, from anywhere. */
export function addTo(target: usize, added: usize, count: i32): void {
  let at: usize = 0;
  for (const end = (<usize>(count & ~3)) << 2; at < end; at += 16)
    v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(added + at)));
  for (const end = (<usize>count) << 2; at < end; at += 4)
    store<f32>(target + at, load<f32>(target + at) + load<f32>(added + at));
}
