import { describe, expect, it } from 'vitest';
import { fillOrder, findOrderFaults, proposeOrder } from './class-order.js';

describe('an order of classes', () => {
  it('is proposed by the same names, then by names that differ in case and spaces alone', () => {
    expect(proposeOrder(['b', 'a'], ['a', 'b'])).toEqual(['b', 'a']);
    expect(proposeOrder(['Fire_Truck', 'cat'], ['cat', 'fire truck'])).toEqual(['fire truck', 'cat']);
  });

  it('is left open where names differ, are missing, or fit several classes', () => {
    expect(proposeOrder(['tabby', 'cat'], ['cat', 'dog'])).toEqual([null, 'cat']);
    expect(proposeOrder([], ['cat', 'dog'])).toEqual([null, null]);
    expect(proposeOrder(['CAT', 'dog'], ['cat', 'Cat'])).toEqual([null, null]);
    expect(proposeOrder(['cat', 'cat'], ['cat', 'dog'])).toEqual([null, null]);
  });

  it('takes the same name before one of another case', () => {
    expect(proposeOrder(['Cat', 'cat'], ['cat', 'Cat'])).toEqual(['Cat', 'cat']);
  });

  it('is filled with the classes that are left, in the order of the data', () => {
    expect(fillOrder([null, 'a', null], ['a', 'b', 'c'])).toEqual(['b', 'a', 'c']);
    expect(fillOrder(['a', 'a', null], ['a', 'b', 'c'])).toEqual(['a', 'a', 'b']);
  });

  it('names the class that is chosen twice, and the number without one', () => {
    expect(findOrderFaults(['a', null, 'a'])).toEqual([
      '“a” is also chosen for number 2',
      'choose a class',
      '“a” is also chosen for number 0',
    ]);
    expect(findOrderFaults(['b', 'a'])).toEqual([undefined, undefined]);
  });
});
