import { describe, expect, it } from 'vitest';
import { openArtifactStore } from '../open-store.js';
import { s3Location } from './s3-location.js';

describe('the URL of a bucket', () => {
  it("says where it is, with defaults for one of Amazon's", () => {
    expect(s3Location(new URL('s3://noema-1?endpoint=http://store:8333&region=eu&path_style=false'))).toEqual(
      { bucket: 'noema-1', endpoint: new URL('http://store:8333'), region: 'eu', pathStyle: false },
    );
    expect(s3Location(new URL('s3://noema-1?endpoint=https://store'))).toMatchObject({
      pathStyle: true,
      region: 'us-east-1',
    });
    expect(s3Location(new URL('s3://noema-1'))).toMatchObject({
      pathStyle: false,
      endpoint: new URL('https://s3.amazonaws.com'),
    });
  });
  it.each([
    ['s3://ab', /names no bucket/],
    ['s3://a..b', /names no bucket/],
    ['s3://key:word@noema', /holds credentials/],
    ['s3://noema/folder', /has the path "\/folder"/],
    ['s3://noema?regio=eu', /unknown parameter "regio"/],
    ['s3://noema?path_style=yes', /path_style "yes"/],
    ['s3://noema?endpoint=store:8333', /has the endpoint/],
    ['s3://noema?endpoint=http://store/path', /has the endpoint/],
  ])('%s is refused', (url, why) => {
    const refused = () => openArtifactStore(url, { accessKey: 'a', secretKey: 'b' });
    expect(refused).toThrow(why);
    expect(refused).not.toThrow(/word/);
  });
  it('needs keys, and a public endpoint that is one', () => {
    expect(() => openArtifactStore('s3://noema')).toThrow(/set storeAccessKey and storeSecretKey/);
    expect(() =>
      openArtifactStore('s3://noema', { accessKey: 'a', secretKey: 'b', publicEndpoint: 'store' }),
    ).toThrow(/storePublicEndpoint "store"/);
    expect(() => openArtifactStore('ftp://noema')).toThrow(/names no known store/);
  });
});
