/** Element types of GGUF by number, and their block sizes. Source: ggml.h (ggml_type), ggml-common.h (blocks). */
import { byteLengthOf, type ElementType, groupOf } from '../tensor.js';

export interface GgufType {
  /** As ggml writes it. */
  readonly name: string;
  /** Undefined where the type is known but not read. */
  readonly type?: ElementType;
  /** Elements per block, which divides the fastest dimension. */
  readonly elements: number;
  /** Bytes per block. */
  readonly bytes: number;
}

const read = (name: string, type: ElementType): GgufType => {
  const elements = groupOf(type);
  return { name, type, elements, bytes: byteLengthOf(type, elements) };
};
const unread = (name: string, elements: number, bytes: number): GgufType => ({ name, elements, bytes });

/** Numbers that are missing here were withdrawn, or came later than these. */
export const ggufTypes: ReadonlyMap<number, GgufType> = new Map([
  [0, read('F32', 'f32')],
  [1, read('F16', 'f16')],
  [2, read('Q4_0', 'q4_0')],
  [3, read('Q4_1', 'q4_1')],
  [6, read('Q5_0', 'q5_0')],
  [7, read('Q5_1', 'q5_1')],
  [8, read('Q8_0', 'q8_0')],
  [9, unread('Q8_1', 32, 36)],
  [10, unread('Q2_K', 256, 84)],
  [11, unread('Q3_K', 256, 110)],
  [12, read('Q4_K', 'q4_k')],
  [13, read('Q5_K', 'q5_k')],
  [14, read('Q6_K', 'q6_k')],
  [15, unread('Q8_K', 256, 292)],
  [16, unread('IQ2_XXS', 256, 66)],
  [17, unread('IQ2_XS', 256, 74)],
  [18, unread('IQ3_XXS', 256, 98)],
  [19, unread('IQ1_S', 256, 50)],
  [20, unread('IQ4_NL', 32, 18)],
  [21, unread('IQ3_S', 256, 110)],
  [22, unread('IQ2_S', 256, 82)],
  [23, unread('IQ4_XS', 256, 136)],
  [24, read('I8', 'i8')],
  [25, read('I16', 'i16')],
  [26, read('I32', 'i32')],
  [27, read('I64', 'i64')],
  [28, read('F64', 'f64')],
  [29, unread('IQ1_M', 256, 56)],
  [30, read('BF16', 'bf16')],
  [34, unread('TQ1_0', 256, 54)],
  [35, unread('TQ2_0', 256, 66)],
  [39, unread('MXFP4', 32, 17)],
]);
