/**
 * Where the page's Chinese is not what OpenCC's s2twp makes of it: read by a person. Left: as the page writes it;
 * right: as Taiwan does. Of two that begin alike the longer one stands first.
 */
export const OVERRIDES: readonly (readonly [simplified: string, traditional: string])[] = [
  // The value of the page's lang attribute.
  ['zh-CN', 'zh-Hant'],

  // Words of computers, as people say them.
  ['这台设备', '這台裝置'],
  ['设备', '設備'],
  ['打开', '打開'],
  ['局部', '局部'],
  ['回车', 'Enter '],
  ['快捷键', '快速鍵'],
  ['撤销', '復原'],
  ['推理', '推論'],
  ['归一化', '正規化'],
  ['字号', '字型大小'],
  ['摄像头', '攝影機'],
  ['扩展', '擴充功能'],
  ['联网', '連網'],
  ['示例', '範例'],
  ['发布', '發布'],
  ['缩进', '縮進'],
  ['比特', '比特'],
  ['宽带子', '寬帶子'],

  // Words of things, as Taiwan calls them.
  ['菜单', '菜單'],
  ['指针', '指針'],
  ['家具', '家具'],
  ['土豆', '馬鈴薯'],
  ['公交车', '公車'],
  ['圆珠笔', '原子筆'],
  ['芝士', '起司'],
  ['创可贴', 'OK 繃'],
  ['便携', '可攜'],
  ['仪表盘', '儀表板'],

  // Characters.
  ['台式机', '桌上型電腦'],
  ['台灯', '檯燈'],
  ['柜台', '櫃檯'],
  ['写字台', '寫字檯'],
  ['台秤', '檯秤'],
  ['台球', '撞球'],
  ['台', '台'],
  ['链甲', '鏈甲'],
  ['弦', '弦'],
  ['彩', '彩'],
  ['喂', '餵'],
  ['桨划', '槳划'],
  ['士兵', '士兵'],
  ['面包屑', '麵包屑'],
  ['胡桃', '胡桃'],
  ['布雷', '布雷'],
  ['电复印机', '影印機'],
];
