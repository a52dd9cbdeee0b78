import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { sha256 } from './sha256.js';

const site = new URL('../../../dist/site/', import.meta.url);

/** What the service worker holds a file to, as it is fetched and whenever it is read again. */
const integrityOf = async (url: string) =>
  sha256(await readFile(fileURLToPath(new URL(url, site))));

/** The page as an app: its manifest, and the service worker that keeps it for flight mode. */
export function offline(): Plugin[] {
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: 'src/offline',
    filename: 'sw.ts',
    // The page registers it itself, when it has nothing better to do.
    injectRegister: null,
    injectManifest: {
      globPatterns: ['**/*.{html,js,mjs,css,svg,png,jpg}', 'samples/*.webp'],
      // For WebGPU the visitor must be online once more.
      globIgnores: ['**/worker-webgpu-*.js', 'sw.js'],
      manifestTransforms: [
        async (entries) => ({
          manifest: await Promise.all(
            entries.map(async (entry) => ({ ...entry, integrity: await integrityOf(entry.url) })),
          ),
        }),
      ],
    },
    manifest: {
      id: './',
      name: '识物：这是什么？',
      short_name: '识物',
      description: '放一张照片，用中文告诉你那是什么。照片不会离开这台设备。',
      lang: 'zh-CN',
      dir: 'ltr',
      start_url: './',
      scope: './',
      display: 'standalone',
      background_color: '#eef1ec',
      theme_color: '#eef1ec',
      categories: ['photo', 'utilities', 'education'],
      icons: [
        { src: 'icons/192.png', sizes: '192x192', type: 'image/png' },
        { src: 'icons/512.png', sizes: '512x512', type: 'image/png' },
        { src: 'icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        { src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml' },
      ],
      // What the browser shows before it installs; docs/PICTURES.md says how they are taken.
      screenshots: [
        {
          src: 'screenshots/photo.webp',
          sizes: '780x1688',
          type: 'image/webp',
          form_factor: 'narrow',
          label: '认一张照片',
        },
        {
          src: 'screenshots/album.webp',
          sizes: '1280x800',
          type: 'image/webp',
          form_factor: 'wide',
          label: '整理一个相册',
        },
      ],
      shortcuts: [
        { name: '相册', url: './#album' },
        { name: '相机', url: './#camera' },
      ],
      share_target: {
        action: './share',
        method: 'POST',
        enctype: 'multipart/form-data',
        params: { files: [{ name: 'photos', accept: ['image/*'] }] },
      },
    },
  });
}
