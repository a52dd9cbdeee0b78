import { createApp } from 'vue';
import './style.css';
import WhatIsIt from './WhatIsIt.vue';

createApp(WhatIsIt).mount('#app');
