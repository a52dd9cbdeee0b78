import { inLanguage } from '../copy/index.js';

const zh = {
  title: '相机',
  intro: '镜头对着东西，名字就会出来。画面只在这台设备上看，不录像，也不上传。',
  open: '打开相机',
  opening: '正在打开相机',
  video: '相机画面',
  looking: '对准一样东西',
  freeze: '定格',
  goOn: '继续看',
  savePhoto: '保存照片',
  toTable: '到「照片」里看',
  lens: '镜头',
  lensNumber: (n: number) => `镜头 ${n}`,
  torchOn: '开灯',
  torchOff: '关灯',
  close: '关掉相机',
  frozenAlt: '定格的画面',
  fileName: '识物',
  again: '再试一次',
  trouble: {
    denied: [
      '没有得到使用相机的许可',
      '点地址栏左边的图标，把相机改成“允许”，再试一次；手机上也可能要在系统设置里放行。',
    ],
    none: ['没有找到相机', '接上摄像头再试一次，或者到「照片」里放一张。'],
    busy: ['相机正被别的程序占用', '关掉正在用相机的程序，再试一次。'],
    insecure: [
      '这样打开的页面不能用相机',
      '浏览器只许 https 网址或本机的页面用相机；「照片」照常能用。',
    ],
    ended: ['相机断开了', '检查一下连接，再试一次。'],
    unknown: ['相机打不开', '再试一次；还是不行的话，重新打开浏览器。'],
  },
};

const en: typeof zh = {
  title: 'Camera',
  intro:
    'Point it at something and its name appears. The picture stays on this device: no recording, no upload.',
  open: 'Open the camera',
  opening: 'Opening the camera',
  video: 'What the camera sees',
  looking: 'Point it at one thing',
  freeze: 'Freeze',
  goOn: 'Resume',
  savePhoto: 'Save the photo',
  toTable: 'Open in Photo',
  lens: 'Lens',
  lensNumber: (n) => `Lens ${n}`,
  torchOn: 'Light on',
  torchOff: 'Light off',
  close: 'Close the camera',
  frozenAlt: 'The frozen picture',
  fileName: 'shiwu',
  again: 'Try again',
  trouble: {
    denied: [
      'The camera was not allowed',
      'Press the icon beside the address, set the camera to “Allow” and try again; on a phone the system settings may have to allow it too.',
    ],
    none: ['No camera was found', 'Connect one and try again, or choose a photo in Photo.'],
    busy: ['Another program uses the camera', 'Close that program and try again.'],
    insecure: [
      'A page opened like this may not use the camera',
      'Browsers allow it on https addresses and on this very machine only; photos work all the same.',
    ],
    ended: ['The camera was disconnected', 'Check the connection and try again.'],
    unknown: [
      'The camera cannot be opened',
      'Try again; if that does not help, restart the browser.',
    ],
  },
};

export const words = inLanguage({ zh, en });
