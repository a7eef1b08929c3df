"""Reference values of libs/insights/src/low-performance/conjunctions.spec.ts: `pip install sliceline`."""

import numpy
from sliceline.slicefinder import Slicefinder

n = 400
rows = numpy.arange(n)
features = numpy.column_stack(
    [rows * 7 // 3 % 4, (rows * 5 + rows // 9) % 3, rows * rows % 5, (rows * 11 + rows // 4) % 4]
)
errors = (rows * 37 % 101) / 100 + (features[:, 0] == 1) * (features[:, 2] == 4) * 1.5 + (features[:, 3] == 2) * 0.4

finder = Slicefinder(alpha=0.95, k=8, max_l=3, min_sup=10, verbose=False).fit(features, errors)
for conditions, numbers in zip(finder.top_slices_, finder.top_slices_statistics_):
    print(list(conditions), numbers["slice_size"], numbers["sum_slice_error"], numbers["slice_score"])
