/** Share of the planted copies that the screening may give up. */
export const GIVEN_UP = 0.001;

/** Returns a quantile of some courses, step by step. */
export const findCourse = (courses: readonly Float64Array[], share: number): Float64Array =>
  new Float64Array(courses[0]?.length ?? 0).map((_, step) => {
    const values = Float64Array.from(courses, (course) => course[step]!).sort();
    return values[Math.floor(share * values.length)] ?? -1;
  });
