import type { ErrorCode } from '../errors.js';

/**
 * The errors' sentences in Traditional characters, in the words of Taiwan, for those who show them so. tests/web/hant.test.ts
 * holds them to what the page's dictionary makes of the Simplified ones.
 */
export const ERRORS_ZH_HANT: Readonly<Record<ErrorCode, string>> = {
  'empty-input': '這個檔案是空的，請換一張照片。',
  'unsupported-format': '這不像是一張圖片，請換成 JPEG、PNG、WebP、GIF 或 BMP。',
  'corrupt-image': '圖片已損壞，讀不出來，請重新匯出或換一張。',
  'truncated-image': '圖片不完整，可能沒有下載完，請重新下載後再試。',
  'image-too-large': '圖片尺寸太大，請先縮小再試。',
  'out-of-memory': '記憶體不夠用了，請關掉一些標籤頁，或換一張小一點的圖片。',
  'invalid-argument': '呼叫引數不對，請對照文件檢查。',
  'non-finite-scores': '模型給出了無效的數值，請換一個模型檔案。',
  'invalid-labels': '標籤表有誤，請檢查它的編碼和內容。',
  'invalid-model': '這不是可用的 ONNX 分類模型，請檢查檔案。',
  'unsupported-model':
    '識物自己的引擎還不認識這個模型裡的某些部分，請改用 ONNX Runtime（engine: "ort"）。',
  'invalid-taught': '這個檔案不是識物匯出的學習記錄，或者已經損壞，請重新匯出。',
  'not-teachable': '這個模型學不了新東西，請換用識物自帶的模型。',
  'not-bakeable': '學到的東西寫不進這個模型的檔案裡，它的結尾比較特別。可以用 exportTaught 另存。',
  'unsupported-input': '不支援這種輸入，請傳入圖片檔案、畫布或畫素資料。',
  'unreadable-input': '讀不到這張圖片的內容，請確認它仍然存在，並且允許本頁讀取。',
  network: '檔案下載失敗，請檢查網路後重試。',
  'needs-decoder': '這裡還打不開這種格式（如 HEIC），請先轉成 JPEG，或按文件裝上解碼器。',
  'not-found': '伺服器上沒有這個檔案，請檢查地址，或設定 assetBase。',
  'truncated-download': '檔案沒有下載完整，請檢查網路後重試。',
  'tampered-download': '下載的檔案與發布的不一致，請重試；若仍不行，請重新部署這些檔案。',
  'unpacked-model':
    '這個 .onnx 裡沒有識物要的說明和標籤，請先用 shiwu-models pack 打包，或在呼叫時傳入 labels。',
  'model-mismatch': '模型與它的說明不一致，請用配套的檔案。',
  'missing-weights': '這個模型的權重在另一個檔案裡，請把兩個檔案一起給出。',
  'inference-failed': '模型執行出錯，請重試；若仍不行，請換一個模型。',
  aborted: '已取消。',
  disposed: '分類器已經關閉，請重新建立。',
  'worker-crashed': '後台執行緒意外退出，請再試一次。',
  'unsupported-environment': '這裡缺少識物要用的功能，請更新瀏覽器，或換一個瀏覽器。',
  'blocked-by-policy':
    '識物要用的功能被安全策略攔住了（網站、瀏覽器設定、擴充功能或單位的管理），瀏覽器本身沒有問題。請放行，或換一個瀏覽器。',
};
