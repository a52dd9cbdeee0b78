import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { WhatIsIt } from './WhatIsIt';
import './style.css';

const app = document.getElementById('app');
if (app)
  createRoot(app).render(
    <StrictMode>
      <WhatIsIt />
    </StrictMode>,
  );
