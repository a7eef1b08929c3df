import { describe, expect, it } from 'vitest';
import { nameS3Place, parseS3Url } from './s3-folder.js';

describe('the URL of objects', () => {
  it('has a bucket, a prefix, and what the environment says of the server', () => {
    const place = parseS3Url('s3://pictures/flags/of%20ships/', {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9000/',
      AWS_REGION: 'eu-west-1',
    });
    expect(place).toMatchObject({
      prefix: 'flags/of ships/',
      location: { bucket: 'pictures', region: 'eu-west-1', pathStyle: true },
    });
    expect(place.location.endpoint.origin).toBe('http://127.0.0.1:9000');
    expect(nameS3Place(place)).toBe('of ships');
  });

  it('names the server itself before the environment does', () => {
    const { location } = parseS3Url('s3://pictures?endpoint=http://a:1', { AWS_ENDPOINT_URL: 'http://b:2' });
    expect(location.endpoint.host).toBe('a:1');
  });

  it('stands for a folder with the name of the bucket where it has no prefix, or one that leads up', () => {
    expect(nameS3Place(parseS3Url('s3://pictures'))).toBe('pictures');
    expect(nameS3Place(parseS3Url('s3://pictures/%2e%2e/'))).toBe('pictures');
  });

  it.each(['s3://', 's3://UPPER_case/x', 's3://key:secret@pictures/x', 's3://pictures/x?other=1'])(
    'is refused: %s',
    (url) => {
      expect(() => parseS3Url(url)).toThrow(expect.objectContaining({ reason: 'STORE_URL_INVALID' }));
    },
  );
});
