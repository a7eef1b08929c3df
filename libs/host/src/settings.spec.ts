import { expect, it } from 'vitest';
import { toDevice, processSettings } from './settings.js';

const services = (text: string) => processSettings.parse({ services: text }).services;

it('reads where services listen', () => {
  expect(services('')).toEqual({});
  expect(services('datasets=a:1,training=b:2')).toEqual({ datasets: 'a:1', training: 'b:2' });
});
it('spreads calls over a service that is named more than once', () => {
  expect(services('datasets=127.0.0.1:1,training=b:2,datasets=127.0.0.1:3')).toEqual({
    datasets: 'ipv4:127.0.0.1:1,127.0.0.1:3',
    training: 'b:2',
  });
});
it('refuses what is not written so', () => {
  expect(() => services('datasets')).toThrow('name=host:port');
});
it('counts the time of a backend as a device only where it has one', () => {
  expect(['cpu', 'tensorflow', 'cuda', 'tensorflow-gpu'].map(toDevice)).toEqual([
    'cpu',
    'cpu',
    'cuda',
    'tensorflow-gpu',
  ]);
});
