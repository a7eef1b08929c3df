/**
 * One step of Adam on `count` parameters from anywhere: m = β₁ m + (1 − β₁) g, v = β₂ v + (1 − β₂) g², p =
 * keep · p − alpha · m / (√v + ε), in float32; the same bits for any cut of the arrays.
 */
export function adamStep(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  count: i32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  alpha: f32,
  epsilon: f32,
  keep: f32,
): void {
  const b1 = f32x4.splat(beta1);
  const r1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(beta2);
  const r2 = f32x4.splat(rest2);
  const a = f32x4.splat(alpha);
  const e = f32x4.splat(epsilon);
  const k = f32x4.splat(keep);
  let at: usize = 0;
  for (const end = (<usize>(count & ~3)) << 2; at < end; at += 16) {
    const g = v128.load(gradients + at);
    const m = f32x4.add(f32x4.mul(b1, v128.load(first + at)), f32x4.mul(r1, g));
    const v = f32x4.add(f32x4.mul(b2, v128.load(second + at)), f32x4.mul(r2, f32x4.mul(g, g)));
    v128.store(first + at, m);
    v128.store(second + at, v);
    v128.store(
      parameters + at,
      f32x4.sub(
        f32x4.mul(k, v128.load(parameters + at)),
        f32x4.div(f32x4.mul(a, m), f32x4.add(f32x4.sqrt(v), e)),
      ),
    );
  }
  for (const end = (<usize>count) << 2; at < end; at += 4) {
    const g = load<f32>(gradients + at);
    const m = beta1 * load<f32>(first + at) + rest1 * g;
    const v = beta2 * load<f32>(second + at) + rest2 * (g * g);
    store<f32>(first + at, m);
    store<f32>(second + at, v);
    store<f32>(parameters + at, keep * load<f32>(parameters + at) - (alpha * m) / (sqrt<f32>(v) + epsilon));
  }
}
