/** Returns the URL by which a service's own role connects to the database of the admin's URL. */
export function serviceUrl(adminUrl: string, name: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = `noema_${name}`;
  url.password = encodeURIComponent(password);
  return url.href;
}
