/** Casts and text on the host: values worked out by hand, and the roundings and patterns below them. */
import { describe, expect, it } from 'vitest';
import { fullMatcher } from '../../src/models/run/pattern.js';
import { PatternError } from '../../src/models/run/pattern-program.js';
import { scaleRounding, smallFloatRounding } from '../../src/models/run/small-floats.js';
import { hostStrings, hostTensor } from '../../src/models/run/values.js';
import { f32, itComputes, one, text } from '../support/worked-operators.js';

const nan = Number.NaN;
const infinity = Number.POSITIVE_INFINITY;

describe('operators with values worked out by hand', () => {
  itComputes([
    // Types.
    ['Cast', [f32([4], [-1.7, 300, nan, 0.5])], { to: 2 }, 21, 'u8[4]: 255 44 0 0'],
    ['Cast', [hostTensor('i16', [2], [200, -129])], { to: 3 }, 21, 'i8[2]: -56 127'],
    ['Cast', [f32([2], [0.25, nan])], { to: 9 }, 21, 'bool[2]: 1 1'],
    ['Cast', [f32([4], [0.1, 1, 1e-5, 3e20])], { to: 8 }, 21, 'string[4]: 0.1 1.0 1e-05 3e+20'],
    ['Cast', [hostTensor('i64', [1], [-12])], { to: 8 }, 21, 'string[1]: -12'],
    ['Cast', [text('1e-2', '-INF', ' 7 ')], { to: 1 }, 21, `f32[3]: ${Math.fround(0.01)} -Infinity 7`],
    ['Cast', [f32([3], [1e9, -infinity, nan])], { to: 17 }, 21, 'e4m3[3]: 448 -448 NaN'],
    ['Cast', [f32([3], [464, 465, infinity])], { to: 17, saturate: 0 }, 21, 'e4m3[3]: 448 NaN NaN'],
    ['Cast', [f32([2], [1e9, -0])], { to: 19, saturate: 0 }, 21, 'e5m2[2]: Infinity 0'],
    ['Cast', [f32([3], [2.5, 5, -7])], { to: 23 }, 23, 'e2m1[3]: 2 4 -6'],
    ['Cast', [f32([3], [1.2, 3, 0])], { to: 24 }, 24, `e8m0[3]: 2 4 ${2 ** -127}`],
    ['Cast', [f32([2], [9, -9])], { to: 22 }, 21, 'i4[2]: 7 -8'],
    ['Cast', [hostTensor('i8', [2], [9, -9])], { to: 22 }, 21, 'i4[2]: -7 7'],
    ['Cast', [f32([3], [1, -3, 2])], { to: 26 }, 25, 'i2[3]: 1 -2 1'],
    ['CastLike', [f32([1], [1.7]), one('i64', 0)], {}, 15, 'i64[1]: 1'],
    // Text.
    ['StringConcat', [text('a', 'b'), hostStrings([], ['.'])], {}, 20, 'string[2]: a. b.'],
    ['StringSplit', [text('a  b c', '')], {}, 20, 'string[2,3]: a b c   ', 'i64[2]: 3 0'],
    ['StringSplit', [text('a-b-c')], { delimiter: '-', maxsplit: 1 }, 20, 'string[1,2]: a b-c', 'i64[1]: 2'],
    [
      'StringNormalizer',
      [text('Mon', 'tue')],
      { stopwords: ['mon'], case_change_action: 'UPPER' },
      10,
      'string[1]: TUE',
    ],
    ['StringNormalizer', [hostStrings([1, 1], ['x'])], { stopwords: ['x'] }, 10, 'string[1,1]: '],
    ['RegexFullMatch', [text('www.a-b.com', 'www.com')], { pattern: 'www\\.[\\w.-]+\\.\\bcom\\b' }, 20, 'bool[2]: 1 0'],
    [
      'TfIdfVectorizer',
      [hostTensor('i32', [7], [1, 1, 3, 3, 3, 7, 8])],
      {
        mode: 'TF',
        min_gram_length: 2,
        max_gram_length: 2,
        max_skip_count: 1,
        ngram_counts: [0, 2],
        ngram_indexes: [0, 1, 2, 3],
        pool_int64s: [1, 3, 1, 3, 3, 3],
      },
      9,
      // 1–3 at distance 1 once and at 2 twice; 3–3 at distance 1 twice and at 2 once.
      'f32[4]: 0 0 3 3',
    ],
    [
      'ai.onnx.ml.LabelEncoder',
      [text('b', 'z')],
      { keys_strings: ['a', 'b'], values_int64s: [5, 6], default_int64: 42 },
      4,
      'i64[2]: 6 42',
    ],
  ]);
});

describe('the parts below', () => {
  it('rounds to small floats', () => {
    expect([17, 18, 19, 250].map(smallFloatRounding('e4m3fnuz', true))).toEqual([16, 18, 20, 240].map((x) => x));
    expect([248, 247].map(smallFloatRounding('e4m3fnuz', false))).toEqual([nan, 240]);
    expect(smallFloatRounding('e5m2', true, true)(infinity)).toBe(infinity);
    expect(Object.is(smallFloatRounding('e5m2fnuz', true)(-1e-9), 0)).toBe(true);
    expect([1.4, 1.5, 6, -6].map(scaleRounding('nearest', true))).toEqual([1, 2, 8, 8]);
    expect([1.9, 4].map(scaleRounding('down', true))).toEqual([1, 4]);
    expect([2 ** 127 * 1.5].flatMap((x) => [true, false].map((s) => scaleRounding('up', s)(x)))).toEqual([
      2 ** 127,
      nan,
    ]);
  });

  it.each([
    ['(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$)', 'account@gmail.com', true],
    ['(\\W|^)[\\w.\\-]{0,25}@(yahoo|gmail)\\.com(\\W|$)', 'not email', false],
    ['a|b*c', 'bbc', true],
    ['(?i)AbC', 'aBc', true],
    ['[^a-c\\d]+', 'xyz', true],
    ['[^a-c\\d]+', 'xy1', false],
    ['[[:alpha:]]{2}[]]', 'ab]', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['\\p{Lu}\\x41\\x{42}', 'ÄAB', true],
    ['(?P<n>a+?)b', 'aab', true],
    ['x{2,}', 'x', false],
    ['', '', true],
  ])('matches %s with %s: %s', (pattern, given, wanted) => {
    expect(fullMatcher(pattern)(given)).toBe(wanted);
  });

  it('takes no time for patterns that make others backtrack', () => {
    expect(fullMatcher('(a*)*(a|aa)+b')('a'.repeat(5000))).toBe(false);
    expect(fullMatcher(`${'('.repeat(90)}${'){1000}'.repeat(90)}`)('')).toBe(true);
    for (const pattern of ['(', ')', '[a', '*', 'a{9,2}', '(?<x', '\\', '[z-a]', '\\p{No such}', '('.repeat(5000)])
      expect(() => fullMatcher(pattern)).toThrow(PatternError);
  });
});
