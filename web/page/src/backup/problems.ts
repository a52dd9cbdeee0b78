/** Why nothing was taken back, each with what to do. */
export const problems = {
  foreign: {
    zh: '这不是「全部存成一个文件」存下的 .zip。里面是照片的话，请先解压再放进来。',
    en: 'This is not the .zip that “Save everything as a file” made. If there are photos in it, unpack it first.',
  },
  damaged: {
    zh: '这个文件不完整，或者被别的程序改过。请重新存一份，或换一份再试。',
    en: 'This file is incomplete, or another program has changed it. Save it anew, or try another copy.',
  },
  newer: {
    zh: '这个文件是新版识物存的。请重新打开页面，更新后再试。',
    en: 'A newer shiwu saved this file. Open the page anew for the update, then try again.',
  },
  room: {
    zh: '浏览器给的空间放不下这个文件。请清除一些东西再试。',
    en: 'The browser has no room left for what is in this file. Erase something, then try again.',
  },
  barred: {
    zh: '浏览器不让本页存东西，恢复不了。请换一个普通窗口再试。',
    en: 'The browser lets this page store nothing, so nothing can be restored. Try an ordinary window.',
  },
} as const;
