// What the tests of the dashboard have in common: its words, and an authenticator app.

import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const locales = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'templates', 'locales');

// Every message of one line, of all screens.
function words(code) {
  const folder = join(locales, code, 'dashboard');
  const files = [`${folder}.ftl`, ...readdirSync(folder).map((name) => join(folder, name))];
  const found = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^([a-z-]+) = (.+)$/gm)]);
  return Object.fromEntries(found.map(([, key, said]) => [key, said]));
}

export const say = words('it');
export const english = words('en');

// RFC 6238, as an authenticator app computes it.
export function totp(key, at) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = Array.from(key, (digit) => alphabet.indexOf(digit).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
