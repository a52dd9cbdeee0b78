// Runs before the page in any browser, however old: what the page needs is asked for in words that all of them know
// (ECMAScript 5), and where it is missing a page of its own says so.
(function () {
  'use strict';
  // A module of (func (result v128) i32.const 0 i8x16.splat): SIMD's smallest.
  var SIMD = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15,
    11,
  ];

  var WORDS = {
    old: [
      [
        'zh-CN',
        '这个浏览器还用不了识物',
        '识物要用 WebAssembly SIMD 和模块脚本。请把浏览器更新到 Chrome 或 Edge 95、Firefox 114、Safari 16.4 以上。已经是新版还看到这一页，就是这台设备的处理器太旧了。',
      ],
      [
        'en',
        'This browser cannot run shiwu',
        'It needs WebAssembly SIMD and module scripts: Chrome or Edge 95, Firefox 114, Safari 16.4, or newer. Where a newer one shows this page too, the processor of this device is too old.',
      ],
    ],
    off: [
      [
        'zh-CN',
        '这里的 WebAssembly 被关掉了',
        '浏览器本身没有问题，是设置、扩展、锁定模式或单位的管理策略关掉了识物要用的 WebAssembly。请为这个网站打开它，或换一个浏览器。',
      ],
      [
        'en',
        'WebAssembly is switched off here',
        'The browser is fine: a setting, an extension, Lockdown Mode or a policy of your organisation has switched off WebAssembly, which shiwu runs on. Allow it for this site, or use another browser.',
      ],
    ],
  };

  var app = document.getElementById('app');
  var reason = missing();
  if (reason) tell(reason);
  // The page's own script, where the browser knows modules but not all the words in them.
  else window.addEventListener('error', hear);

  function missing() {
    if (!('noModule' in document.createElement('script'))) return 'old';
    if (typeof WebAssembly === 'undefined') return 'off';
    try {
      return WebAssembly.validate(new Uint8Array(SIMD)) ? '' : 'old';
    } catch (_) {
      return 'off';
    }
  }

  function hear(event) {
    if (!app.firstChild && /SyntaxError/.test(event.message || '')) tell('old');
  }

  function tell(why) {
    // The page draws into #app, if there is one.
    app.id = 'unsupported';
    var main = document.createElement('main');
    main.className = 'unsupported';
    main.setAttribute('data-testid', 'unsupported');
    main.setAttribute('data-reason', why);
    WORDS[why].forEach(function (words, i) {
      add(main, i === 0 ? 'h1' : 'h2', words[0], words[1]);
      add(main, 'p', words[0], words[2]);
    });
    app.appendChild(main);
  }

  function add(parent, tag, language, text) {
    var element = document.createElement(tag);
    element.lang = language;
    element.appendChild(document.createTextNode(text));
    parent.appendChild(element);
  }
})();
