import { describe, expect, it } from 'vitest';
import { readNpy } from './npy.js';

/** Files that NumPy 1.26 wrote by `numpy.save`: a header for each type and shape, and the bytes of the elements. */
const file = (descr: string, shape: string, bytes: string, isFortran = 'False') => {
  const text = `{'descr': '${descr}', 'fortran_order': ${isFortran}, 'shape': ${shape}, }`;
  const header = `${text.padEnd(117)}\n`;
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from([header.length & 255, header.length >> 8]),
    Buffer.from(header),
    Buffer.from(bytes, 'base64'),
  ]);
};
const SAVED =
  'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAg' +
  'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAIBA';

describe('the NPY format', () => {
  it('reads a file that NumPy wrote', () => {
    expect(readNpy(Buffer.from(SAVED, 'base64'), 'x.npy')).toEqual({
      shape: [2, 2],
      data: Float32Array.of(1.5, -2, 3, 4),
      whole: false,
    });
  });

  it.each([
    ['<f2', '(4,)', 'AD4Agv97AHw=', [1.5, -(2 ** -15), 65504, Infinity]],
    ['<i8', '(2,)', 'AAAAAAABAAD9/////////w==', [2 ** 40, -3]],
    ['|b1', '(2,)', 'AQA=', [1, 0]],
    ['>i4', '(2,)', 'AAAAAQAAAAI=', [1, 2]],
  ])('reads elements of the type %s', (descr, shape, bytes, values) => {
    expect([...(readNpy(file(descr, shape, bytes), 'x.npy').data as Float64Array)]).toEqual(values);
  });

  it('reads texts of several bytes a character', () => {
    const bytes = 'ZwAAAHIAAAD2AAAA3wAAAGUAAABhAAAAAPYBAAAAAAAAAAAAAAAAAA==';
    expect(readNpy(file('<U5', '(2,)', bytes), 'x.npy').data).toEqual(['größe', 'a😀']);
  });

  it.each([
    ['objects, which are a pickle', file('|O', '(1,)', 'gASVAQ=='), /are never opened/],
    ['column-major order', file('<i4', '(2, 2)', 'AQAAAAMAAAACAAAABAAAAA==', 'True'), /ascontiguousarray/],
    ['a file that is cut off', file('<f8', '(3,)', 'AAAAAAAA8D8='), /is cut off: 3 elements of 8 bytes/],
    ['a file of another form', Buffer.from('PK\x03\x04 and some more'), /does not begin as an NPY file/],
    ['records', file("[('a', '<i4')]", '(1,)', 'AQAAAA=='), /has the header|elements of the type/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readNpy(bytes, 'x.npy')).toThrow(message);
  });
});
