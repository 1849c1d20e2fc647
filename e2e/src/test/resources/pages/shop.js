document.getElementById('greeting').textContent = 'Welcome';
