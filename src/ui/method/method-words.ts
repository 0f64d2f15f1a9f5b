/** The prose of the method page. */

export const steps: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'The clock is measured first.',
    text: 'The smallest step between two readings, the time a batch costs besides its dispatches, and the time of an empty dispatch. Browsers round GPU timestamps, often to 65,536 ns or 100 µs; where there are no timestamps the wall clock around a submission is used.',
  },
  {
    title: 'Inputs come from a seed.',
    text: 'The same seed, size and distribution give the same numbers on every machine, so that a result can be made again.',
  },
  {
    title: 'The output is poisoned, then every element is checked.',
    text: 'Outputs are filled with NaN before a kernel runs. What it writes is compared with a reference computed in f64 (or in exact integers). For a dot product of length k the allowed error of an element is γ(k) · Σ|aᵢ||bᵢ| with γ(k) = k·u / (1 − k·u) and u = 2⁻²⁴ for f32. At large sizes a seeded sample of rows is checked, and the row says how many.',
  },
  {
    title: 'Dispatches are batched.',
    text: 'R dispatches go into one pass, with R doubled until a batch is long against the step of the clock. The time of a dispatch is the slope between batches of R and of 2R, so that what a batch costs besides its dispatches cancels. Where one dispatch alone fills a batch and the fixed cost is negligible, that one is timed directly. What even the longest batch cannot resolve is refused, with the reason.',
  },
  {
    title: 'Kernels take turns, in random order.',
    text: 'In every round each kernel is sampled once, in a new order. Heat, clock changes and other programs then meet all of them alike. A small kernel of known cost runs between the samples; if it drifts, the rows are flagged. A hidden tab pauses the run.',
  },
  {
    title: 'Means, with 95 % intervals.',
    text: 'On a rounding clock only the mean is unbiased; the median and the minimum stay on its steps however many samples are taken. Sampling ends when the interval is narrow enough or the time is up, and the row says which.',
  },
  {
    title: 'A verdict needs pairs.',
    text: 'Against the baseline, samples of the same round are paired. Same: the 95 % interval of the ratio lies within ±2 %. Faster or slower: the 99 % interval excludes 1. Everything else is undecided.',
  },
  {
    title: 'A time is held against what the device can do.',
    text: 'Ceilings are measured on the device page by microbenchmarks that are verified like any kernel. The least time that any of them allows, over the time taken, is the share of the attainable; the longest of those least times names the limit: compute, memory at the level of the working set, or latency.',
  },
  {
    title: 'Joules are an estimate with a range.',
    text: 'Idle power × time, plus operations by kind and bytes by level, each times an energy known within a range, cut off at idle power and at the power limit. Modelled: from a class of GPUs. Calibrated: from watts that you read at idle and under two loads. Measured: fitted to a power log, with its error on kernels left out. Where two ranges meet, the order is not certain, and it says so.',
  },
  {
    title: 'Tuned values must win twice.',
    text: 'A search verifies every candidate, races them in turns with the default and drops the clearly slower. The best meets the default again on fresh samples, and stays the default where the interval of the ratio does not lie above 1. A winner is used only on the same adapter and browser, at sizes of its class, and while the source is the one it was tuned with.',
  },
  {
    title: 'What was not run can be predicted, with its error.',
    text: 'From the points of searches on this device a random forest, or separate effects of each feature where those do better, learns time per operation, and joules per operation as the energy model gives them. The R² and the median error are those of points held out, or of whole shapes held out where the shape asked for is none of those learned from. The joules’ error is against the energy model, not a meter.',
  },
  {
    title: 'Models are scored on the same items.',
    text: 'Each scheme quantizes the model as given and answers for every item of the data. Accuracy, agreement with the float model, divergence and perplexity come with 95 % intervals by bootstrap over the items, or over the rows of tokens. Then all schemes run one batch in turns, and the time is the wall clock of a batch, readback included. A layer whose format has no kernel here is computed in f32 on rounded numbers, and the row says so: its accuracy is that of the format, its time is not.',
  },
  {
    title: 'Kernel error is told from quantization error.',
    text: 'The quantized model runs through the kernels and, with the same quantized weights, through a reference on the host. Where they part by more than rounding explains, the first such layer is named; the rest of the loss is that of quantization.',
  },
  {
    title: 'Timed work is checked again.',
    text: 'After timing, outputs are poisoned once more and a batch as it was timed must give the right answer. Otherwise the row is wrong and its time is taken back.',
  },
];

export const glossary: readonly { readonly term: string; readonly text: string }[] = [
  { term: 'verified', text: 'Every checked element lies within its error bound.' },
  {
    term: 'native, simulated',
    text: 'A layer on a kernel of its format, or in f32 on numbers rounded to that format.',
  },
  { term: 'agreement', text: 'Share of items whose first choice is that of the float model.' },
  { term: 'unsupported', text: 'The device lacks something the kernel requires. A skip, never a pass.' },
  { term: 'wrong', text: 'At least one element missed its bound. No time is given.' },
  { term: 'failed', text: 'It did not run to the end: shader error, lost device, out of memory.' },
  {
    term: 'rate',
    text: 'Nominal operations (2·m·n·k for a matrix product) over the mean time, whatever the kernel does inside.',
  },
  {
    term: 'bandwidth',
    text: 'Compulsory bytes, each input read once and each output written once, over the mean time.',
  },
  {
    term: 'hot, cold',
    text: 'Hot: every dispatch uses the same buffers. Cold: rotating copies, larger together than the caches.',
  },
  { term: 'cold costs', text: 'What a first use pays once: compiling, uploading, the first dispatch, reading back.' },
  {
    term: 'of attainable',
    text: 'Least time that the measured ceilings allow, over the time taken. “!” marks a time that beats its ceiling.',
  },
  {
    term: 'η',
    text: 'Weight of energy in the cost η·E + (1 − η)·P·t with the power limit P: 1 ranks by energy, 0 by time.',
  },
  { term: '◆ tuned', text: 'Ran with the tunables that won a search on this device.' },
  { term: 'tunable', text: 'A constant a kernel is compiled with, such as the size of its tile.' },
  { term: 'software adapter', text: 'A GPU imitated on the CPU. Its order of kernels says nothing about a real one.' },
  { term: 'baseline', text: 'The kernel the others are held against: the first correct one, or the one you choose.' },
];

export const browsers: readonly {
  readonly name: string;
  readonly webgpu: string;
  readonly clock: string;
  readonly f16: string;
  readonly subgroups: string;
  readonly dot4: string;
}[] = [
  {
    name: 'Chrome, Edge',
    webgpu: '113; Android 121; Linux 144 on recent GPUs',
    clock: 'GPU timestamps, rounded; a developer flag lifts the rounding',
    f16: '120',
    subgroups: '134',
    dot4: '123',
  },
  {
    name: 'Safari',
    webgpu: '26 (macOS, iOS, iPadOS)',
    clock: 'GPU timestamps',
    f16: '26',
    subgroups: '27.3',
    dot4: 'no',
  },
  {
    name: 'Firefox',
    webgpu: 'Windows 141; Apple silicon 145',
    clock: 'wall clock',
    f16: 'no',
    subgroups: 'no',
    dot4: 'no',
  },
];
