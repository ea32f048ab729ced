"""IT projects, their gates, and when security joined."""
